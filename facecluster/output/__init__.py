"""What a run leaves behind: folders, report.json, faces.csv and report.html."""
