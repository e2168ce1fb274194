// Package lower turns the documents of a contract into the language-neutral
// model of package ir: it decides every name, order and default. It is the only
// package that knows both. What it can't express it reports by position; it
// never leaves a constraint out silently.
package lower
