// Package server puts the parts together: it reads a [Config], opens the storage, joins the REST and the socket half
// behind one listener, and stops them in an order in which nothing is lost.
//
// [New] opens and binds everything, [Server.Run] serves until its context ends and then drains, [Server.Close] lets go
// of what New opened. [Run] is all of it.
package server
