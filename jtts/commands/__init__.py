"""What the commands do, a module each: `jtts.cli` parses options and imports the one it runs."""
