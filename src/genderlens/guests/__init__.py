"""Models as guests: work on a model that nobody vouches for, in a process that can be killed."""
