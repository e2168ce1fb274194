//go:build !unix || solaris || aix

package server

import "os"

// lock does nothing: the standard library has no lock for files here.
func lock(*os.File) error { return nil }
