"""The only room with boto3: stores, queues, mail, wiring and Lambda plumbing."""
