"""What a run costs before it is started: jobs, hours and disk, from times that earlier runs recorded."""
