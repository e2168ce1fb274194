// Command bench measures Duet against other servers that do the same job, in
// one run, on one machine:
//
//	go run .            everything, within 25 minutes: RESULTS.md, results.svg
//	go run . -quick     a useful answer in two minutes, into out/
//	go run . -only stall,idle -peers duet,gws
//
// Each server and the load generator are processes of their own, the server on
// one core, the generator on another, over loopback, on ports that the system
// picks. The rounds alternate between the servers. README.md says what is
// measured and how; out/ holds what every run has measured.
package main
