"""Pictures divided into parts: seeded, stratified, balanced."""
