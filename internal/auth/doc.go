// Package auth holds the mechanics behind logins: password hashes, access tokens and the keys that sign them, tickets,
// and the counting of failures. The rules that use them are in package game, whose interfaces this package implements.
//
// No error and no log line holds a password, a token or a key.
package auth
