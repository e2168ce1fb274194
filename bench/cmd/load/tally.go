package main

// tally is what is counted in one phase.
type tally struct {
	at                                  int64 // the clock at the last read
	latency                             hist
	sent, skipped, offered, retries     int64
	deliveries, own, foreign, malformed int64
	missing, disorder                   int64
	messages, checked, reads            int64
	bytesIn, bytesOut                   int64
	late                                int64 // the most that an update was behind its time, in microseconds
}
