"""The process that serves: its server, threads, memory and end."""
