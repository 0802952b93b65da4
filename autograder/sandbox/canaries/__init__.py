"""What the self-test lays out and tries: `outside` holds the secrets, `inside` goes after them."""
