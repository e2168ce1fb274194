// Package trip sends sample messages between a generated client and a generated
// server, over connections in memory, and checks that they arrive typed and
// equal. Generated tests call it; it has no place in programs.
package trip
