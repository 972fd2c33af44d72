"""InstallApplications: its document and the packages in it."""
