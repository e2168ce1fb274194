// Package layers holds, as a test, the table of which package may import
// which.
package layers
