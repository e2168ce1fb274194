package main

import "encoding/binary"

// The opcodes of RFC 6455 section 5.2.
const (
	opContinuation = 0
	opText         = 1
	opBinary       = 2
	opClose        = 8
	opPing         = 9
	opPong         = 10
)

// maskKey masks all frames: a server must undo it whatever it is.
var maskKey = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// appendFrame appends a client's frame, masked.
func appendFrame(dst []byte, op byte, payload []byte) []byte {
	dst = append(dst, 0x80|op)
	switch n := len(payload); {
	case n < 126:
		dst = append(dst, 0x80|byte(n))
	case n < 1<<16:
		dst = append(dst, 0x80|126, byte(n>>8), byte(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, 0x80|127), uint64(n))
	}
	dst = append(dst, maskKey[:]...)
	for i, b := range payload {
		dst = append(dst, b^maskKey[i&3])
	}
	return dst
}

// frameSize reads the header of a server's frame at the beginning of b. It
// gives ok false where the header is not there yet or the frame is one that no
// server in this benchmark may send: a masked or a fragmented one.
func frameSize(b []byte) (header, payload int, state headerState) {
	if len(b) < 2 {
		return 0, 0, headerShort
	}
	if b[0]&0xf0 != 0x80 || b[0]&0x0f == opContinuation || b[1]&0x80 != 0 {
		return 0, 0, headerBad
	}
	switch n := int(b[1]); {
	case n < 126:
		return 2, n, headerOK
	case n == 126:
		if len(b) < 4 {
			return 0, 0, headerShort
		}
		return 4, int(binary.BigEndian.Uint16(b[2:])), headerOK
	default:
		if len(b) < 10 {
			return 0, 0, headerShort
		}
		return 10, int(binary.BigEndian.Uint64(b[2:])), headerOK
	}
}

type headerState uint8

const (
	headerOK headerState = iota
	headerShort
	headerBad
)
