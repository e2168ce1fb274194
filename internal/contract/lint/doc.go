// Package lint checks a contract beyond what generation needs: that its schemas
// can be shared by both protocols and every language, that its two documents
// agree with each other, and that it avoids the traps of the tools it passes
// through.
//
// [Run] gives everything that is found, by the generator and by the rules of
// this package. Each rule has a page, which [Explain] gives, with a wrong and a
// right example that a test holds to. A [Report] is written as text, JSON,
// SARIF or GitHub annotations.
package lint
