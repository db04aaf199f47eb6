"""Cases with known answers, and the door that runs any file of their kinds through the public API."""
