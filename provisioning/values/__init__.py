"""Values: serials and names of computers, checked."""
