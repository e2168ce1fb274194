// Package gate puts a contract before independent judges: the official
// meta-schema of AsyncAPI under two validators, and JSON Schema for the examples
// and defaults. What they say comes back in words, at the place in the
// documents that it is about.
package gate
