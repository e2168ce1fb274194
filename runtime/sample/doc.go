// Package sample makes JSON values at random that satisfy the types of a
// contract, and checks generated codecs with them. Generated tests call it; it
// has no place in programs.
//
// The same seed gives the same values. A value has declared members alone, so
// that a codec that loses anything of it is found out.
package sample
