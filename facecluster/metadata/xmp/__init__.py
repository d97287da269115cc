"""What XMP packets say of people (ISO 16684-1, and the schemas of each program)."""
