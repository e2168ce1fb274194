package wire

import "encoding/base64"

// Bytes reads a string in base64 (RFC 4648 section 4, with padding).
func (d *Decoder) Bytes() []byte {
	text, ok := d.Text()
	if !ok {
		return nil
	}
	b, err := base64.StdEncoding.AppendDecode([]byte{}, text)
	if err != nil {
		d.Fail("format", "must be base64")
		return nil
	}
	return b
}

// AppendBytes appends b to dst as a JSON string in base64.
func AppendBytes(dst, b []byte) []byte {
	dst = append(dst, '"')
	return append(base64.StdEncoding.AppendEncode(dst, b), '"')
}
