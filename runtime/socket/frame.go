package socket

import (
	"crypto/rand"
	"encoding/binary"
	"unicode/utf8"
)

// The opcodes of RFC 6455 section 5.2 that this package writes.
const (
	opText  = 0x1
	opBytes = 0x2 // binary
	opClose = 0x8
	opPing  = 0x9
	opPong  = 0xA

	finalBit = 0x80
	maskBit  = 0x80

	maxHeader  = 14  // bytes of the longest frame header
	maxControl = 125 // bytes of the longest control payload
)

// headerLen is the length of an unmasked frame header before n payload bytes.
func headerLen(n int) int {
	switch {
	case n <= maxControl:
		return 2
	case n <= 0xFFFF:
		return 4
	}
	return 10
}

// appendHeader appends the unmasked header of a final frame.
func appendHeader(dst []byte, op byte, n int) []byte {
	switch headerLen(n) {
	case 2:
		return append(dst, finalBit|op, byte(n))
	case 4:
		return append(dst, finalBit|op, 126, byte(n>>8), byte(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, finalBit|op, 127), uint64(n))
}

// maskFrame turns the unmasked frame dst[start:], whose payload begins at
// payload, into a masked one, as a client must send it (RFC 6455 section 5.3).
func maskFrame(dst []byte, start, payload int) []byte {
	var key [4]byte
	_, _ = rand.Read(key[:]) // never fails, by its documentation
	dst = append(dst, key[:]...)
	copy(dst[payload+4:], dst[payload:])
	copy(dst[payload:], key[:])
	dst[start+1] |= maskBit
	mask(key, dst[payload+4:])
	return dst
}

func mask(key [4]byte, p []byte) {
	for i := range p {
		p[i] ^= key[i&3]
	}
}

// appendClose appends the payload of a close frame. The reason is cut, at a
// rune's edge, to what a control frame holds.
func appendClose(dst []byte, code CloseCode, reason string) []byte {
	if code == CloseNoStatus {
		return dst
	}
	if len(reason) > maxControl-2 {
		reason = reason[:maxControl-2]
		for len(reason) > 0 {
			if r, n := utf8.DecodeLastRuneInString(reason); r != utf8.RuneError || n != 1 {
				break
			}
			reason = reason[:len(reason)-1]
		}
	}
	dst = binary.BigEndian.AppendUint16(dst, uint16(code))
	return append(dst, reason...)
}

// parseControl reads the one control frame that p is, masked or not.
func parseControl(p []byte) (op byte, payload []byte, ok bool) {
	if len(p) < 2 || p[0]&finalBit == 0 {
		return 0, nil, false
	}
	op, n := p[0]&0x0F, int(p[1]&^maskBit)
	body := p[2:]
	if n > maxControl || op < opClose {
		return 0, nil, false
	}
	if p[1]&maskBit == 0 {
		return op, body, len(body) == n
	}
	if len(body) != n+4 {
		return 0, nil, false
	}
	payload = append([]byte(nil), body[4:]...)
	mask([4]byte(body[:4]), payload)
	return op, payload, true
}

// parseClose reads the payload of a close frame.
func parseClose(payload []byte) (CloseCode, string) {
	if len(payload) < 2 {
		return CloseNoStatus, ""
	}
	return CloseCode(binary.BigEndian.Uint16(payload)), string(payload[2:])
}
