// Package corpus holds no code but a test: what the generator makes of public
// AsyncAPI documents, which are kept beside the repository and not in it.
package corpus
