// Package difftest runs generated types: the demonstration of package golang
// and gen/schema. It compares the verdict of every generated decoder with that
// of a JSON Schema library on generated and mutated instances, and exercises
// what a schema does not say.
package difftest
