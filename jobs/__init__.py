"""Operations of Leadboard: command line, deploy, embedded server, worker, imports, demo."""
