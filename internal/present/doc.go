// Package present shows what package game knows in the types of the contract,
// the same over REST and on the socket, and writes problems (RFC 9457).
package present
