//! Password hashing by bcrypt, several at a time on few threads.
