package socket

import (
	"fmt"
	"time"
)

// CloseCode is the status code of a close frame (RFC 6455 section 7.4). Of the
// codes that contracts declare, 4000 to 4499 ask the client to reconnect and
// 4500 to 4999 to stop.
type CloseCode uint16

// The codes of RFC 6455 that this package sends or reports.
const (
	CloseNormal       CloseCode = 1000
	CloseGoingAway    CloseCode = 1001
	CloseProtocol     CloseCode = 1002 // the peer broke the WebSocket protocol
	CloseNoStatus     CloseCode = 1005 // never sent: the peer gave no code
	CloseAbnormal     CloseCode = 1006 // never sent: the connection ended without a close frame
	CloseInvalidData  CloseCode = 1007 // a text message that is not UTF-8
	CloseTooBig       CloseCode = 1009
	CloseInternal     CloseCode = 1011
	CloseTryAgain     CloseCode = 1013
	CloseSlow         CloseCode = 4001 // the peer reads too slowly for its reliable messages
	CloseNoPong       CloseCode = 4002
	CloseDraining     CloseCode = 4003 // the server shuts down
	CloseRateLimited  CloseCode = 4004
	CloseBadMessage   CloseCode = 4502 // too many messages that break the contract
	CloseMismatch     CloseCode = 4503 // no subprotocol in common
	firstReconnecting CloseCode = 4000
	firstStopping     CloseCode = 4500
	lastStopping      CloseCode = 4999
)

// Reconnect reports whether a client should connect again after the code: yes
// for 4000 to 4499, for the transient codes of RFC 6455, and for a connection
// that ended without a code.
func (c CloseCode) Reconnect() bool {
	switch c {
	case CloseGoingAway, CloseNoStatus, CloseAbnormal, CloseInternal, 1012, CloseTryAgain, 1014:
		return true
	}
	return c >= firstReconnecting && c < firstStopping
}

// CloseSpec is one close code that a contract declares.
type CloseSpec struct {
	Code      CloseCode
	Name      string
	Reconnect bool
}

// CloseSpecs is the close codes that a contract declares.
type CloseSpecs []CloseSpec

// Reconnect reports whether a client should connect again after code: as the
// contract declares it, else as CloseCode.Reconnect says.
func (s CloseSpecs) Reconnect(code CloseCode) bool {
	for _, spec := range s {
		if spec.Code == code {
			return spec.Reconnect
		}
	}
	return code.Reconnect()
}

// Name gives the declared name of code, or its number.
func (s CloseSpecs) Name(code CloseCode) string {
	for _, spec := range s {
		if spec.Code == code {
			return spec.Name
		}
	}
	return fmt.Sprintf("close code %d", code)
}

// CloseInfo says how a connection ended.
type CloseInfo struct {
	Code   CloseCode // CloseAbnormal where no close frame was sent or received
	Reason string
	Remote bool  // the peer closed first
	Err    error // the I/O error or panic behind an abnormal end; may be nil
}

// CloseError is how a connection ended, as an error: what a Client's calls
// return after the end, and what a Handler returns to close with a code.
type CloseError struct {
	Code   CloseCode
	Reason string
	// RetryAfter is the least time to wait before connecting again, as the
	// peer asked for it. Zero leaves it to the backoff.
	RetryAfter time.Duration
	// Stop says that connecting again is pointless, by the declared codes.
	Stop bool
	Err  error // what is behind it; may be nil
}

// Error gives the code, the reason and the cause.
func (e *CloseError) Error() string {
	s := fmt.Sprintf("socket: closed with code %d", e.Code)
	if e.Reason != "" {
		s += ": " + e.Reason
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *CloseError) Unwrap() error { return e.Err }
