// Package describe says in words what a contract means: whose view its AsyncAPI
// document takes, what travels each way on each socket and how a frame is told
// apart, and which operations there are. Whoever wrote the document from the
// other side's view sees it here.
package describe
