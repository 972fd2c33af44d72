"""Parts of processes, put together by the composition root."""
