"""What every feature stands on and none owns: settings, database, jobs, events, text, files, refusals."""
