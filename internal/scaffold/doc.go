// Package scaffold lays out a new project around a contract: the files that duet
// init writes. With a contract of its own it is a small example that works; with
// given documents every operation and message gets a typed method that answers
// not_implemented by the error that the contract declares.
//
// It touches no files: [Files] is a function of its input.
package scaffold
