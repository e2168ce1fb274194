package wire

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
)

// AppendFloat64 appends the shortest number that reads back as v, in the format
// of encoding/json. What is not finite becomes null.
func AppendFloat64(dst []byte, v float64) []byte {
	abs := math.Abs(v)
	if !(abs >= 1e-6 && abs < 1<<52) {
		return appendFloat(dst, v, 64)
	}
	whole := uint64(abs)
	if float64(whole) == abs {
		return strconv.AppendInt(dst, int64(v), 10)
	}
	mantissa := math.Float64bits(abs)&(1<<52-1) | 1<<52
	if mantissa == 1<<52 { // the neighbours of a power of two are not as far on either side
		return appendFloat(dst, v, 64)
	}
	digits, decimals := shortest(mantissa, 1075-uint(math.Float64bits(abs)>>52))
	if v < 0 {
		dst = append(dst, '-')
	}
	if whole > 0 {
		digits -= whole * pow10[decimals] // the whole part of digits is the same: no integer reads back as abs
	}
	return appendFraction(appendWhole(dst, whole), digits, decimals)
}

// AppendFloat32 appends the shortest number that reads back as v, in the format
// of encoding/json. What is not finite becomes null.
func AppendFloat32(dst []byte, v float32) []byte { return appendFloat(dst, float64(v), 32) }

// shortest gives the decimal digits/10^decimals that has the fewest digits among
// those that read back as mantissa/2^scale, and of these the nearest. The mantissa
// is above 1<<52 and below 1<<53, the scale from 1 to 72.
//
// Times 10^decimals, the space between two floats is at least 1 and less than 10.
// So what reads back holds one or more integers and at most one multiple of ten,
// which has fewer digits. All is computed exactly, in units of 1/2^shift.
func shortest(mantissa uint64, scale uint) (digits uint64, decimals uint) {
	const log2 = 315653 // log10(2) << 20
	decimals = scale*log2>>20 + 1
	half := 2 * pow5[decimals] // of the space between two floats
	hi, lo := bits.Mul64(2*mantissa, half)
	shift := scale - decimals + 2
	digits = hi<<(64-shift) | lo>>shift
	over := lo & (1<<shift - 1) // from digits up to the float
	even := 1 - mantissa&1      // both ends of what reads back do so too
	ones := digits % 10
	above := ones<<shift + over // from the multiple of ten below
	switch {
	case above < half+even:
		return digits - ones, decimals
	case 10<<shift-above < half+even:
		return digits - ones + 10, decimals
	case over > 1<<(shift-1), over == 1<<(shift-1) && digits&1 == 1:
		return digits + 1, decimals
	}
	return digits, decimals
}

// Powers that shortest and its caller need. They are never changed.
var (
	pow5 = [...]uint64{
		1, 5, 25, 125, 625, 3125, 15625, 78125, 390625, 1953125, 9765625, 48828125, 244140625,
		1220703125, 6103515625, 30517578125, 152587890625, 762939453125, 3814697265625, 19073486328125,
		95367431640625, 476837158203125, 2384185791015625,
	}
	pow10 = [...]uint64{
		1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
	}
)

// appendWhole appends n.
func appendWhole(dst []byte, n uint64) []byte {
	if n >= 1e8 {
		return strconv.AppendUint(dst, n, 10)
	}
	text := eightDigits(n)
	zeros := bits.TrailingZeros64(text&^zeroes|1<<56) / 8
	dst = binary.LittleEndian.AppendUint64(dst, text>>(8*zeros))
	return dst[:len(dst)-zeros]
}

// appendFraction appends a point and n, which is not 0 and below 10^17, as that
// many decimals, at most 22, without zeros at the end.
func appendFraction(dst []byte, n uint64, decimals uint) []byte {
	const low = 1e8
	dst = append(dst, '.')
	if decimals > 16 {
		dst = append(dst, "000000"[:decimals-16]...)
		dst[len(dst)-1] += byte(n / (low * low))
		n %= low * low
	} else {
		n *= pow10[16-decimals]
	}
	last := eightDigits(n / low)
	dst = binary.LittleEndian.AppendUint64(dst, last)
	if n %= low; n != 0 {
		last = eightDigits(n)
		dst = binary.LittleEndian.AppendUint64(dst, last)
	}
	return dst[:len(dst)-bits.LeadingZeros64(last&^zeroes)/8]
}

// zeroes are eight zeroes in ASCII.
const zeroes = 0x3030_3030_3030_3030

// eightDigits gives n, which is below 10^8, as eight digits in ASCII, the first
// in the lowest byte. It divides all parts of n at once: in two by 10,000, in
// four by 100, in eight by 10.
func eightDigits(n uint64) uint64 {
	n = n/1e4 | n%1e4<<32
	high := n * 10486 >> 20 & 0x7f_0000_007f
	n = high | (n-100*high)<<16
	high = n * 103 >> 10 & 0xf_000f_000f_000f
	n = high | (n-10*high)<<8
	return n | zeroes
}

// appendFloat appends v as encoding/json does, which follows ES6.
func appendFloat(dst []byte, v float64, bits int) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "null"...)
	}
	format := byte('f')
	if abs := math.Abs(v); abs != 0 {
		small, large := abs < 1e-6, abs >= 1e21
		if bits == 32 {
			small, large = float32(abs) < 1e-6, float32(abs) >= 1e21
		}
		if small || large {
			format = 'e'
		}
	}
	dst = strconv.AppendFloat(dst, v, format, -1, bits)
	if n := len(dst); format == 'e' && n >= 4 && dst[n-4] == 'e' && (dst[n-3] == '-' || dst[n-3] == '+') && dst[n-2] == '0' {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}
