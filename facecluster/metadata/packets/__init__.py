"""XMP packets inside photos, read without their pixels."""
