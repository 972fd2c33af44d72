"""The tables of each feature, a module each; `provisioning.tables` loads all of them."""
