package lower

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// contentType gives the content type of a message, or nil where none is said.
func (s *sockets) contentType(m *message) *spec.Node {
	if n := m.node.Get("contentType"); n.Str() != "" {
		return n
	}
	return s.doc.Get("defaultContentType")
}

// checkContentType warns of a message that is neither JSON nor bytes.
func (s *sockets) checkContentType(m *message) {
	n := s.contentType(m)
	media, _, _ := strings.Cut(strings.ToLower(n.Str()), ";")
	media = strings.TrimSpace(media)
	if media == "" || media == "text/json" || strings.HasPrefix(media, "application/") && (strings.HasSuffix(media, "json") || strings.HasPrefix(media, "application/vnd.aai.asyncapi")) {
		return
	}
	s.diags.Warnf(n.Pos, "content-type", "write application/json, or application/octet-stream for bytes that the program reads itself", "the message %q is of the content type %s: generated code writes and reads it as JSON", m.out.Key, n.JSON())
}

// isBinary reports whether a message is a binary frame: its content type says so,
// or its payload is a string of format binary.
func (s *sockets) isBinary(m *message, payload *spec.Node) bool {
	contentType := s.contentType(m).Str()
	media, _, _ := strings.Cut(contentType, "/")
	if slices.Contains([]string{"audio", "video", "image", "font"}, media) || strings.HasPrefix(contentType, "application/octet-stream") {
		return true
	}
	schema, ok := s.loader.Resolve(payload)
	return ok && schema.Get("type").Str() == "string" && schema.Get("format").Str() == "binary"
}

// binaryPayload makes the message of a binary frame.
func (s *sockets) binaryPayload(m *message) *ir.Type {
	m.out.Binary = true
	bytes := &ir.Type{Kind: ir.String, String: ir.Text{Bytes: true}, Pos: m.node.Pos}
	t := s.box(bytes, s.payloadName(m), m.node.Pos)
	t.Doc = m.out.Doc
	return t
}

// oneBinary reports the second binary message of a direction: binary frames say
// nothing about themselves.
func (s *sockets) oneBinary(list []*message, what string) {
	var first *message
	for _, m := range list {
		switch {
		case !m.out.Binary:
		case first == nil:
			first = m
		default:
			s.diags.Errorf(m.out.Pos, "messages-collide", "keep one of them, or give one an address of its own",
				"the %s can't be told apart: %q and %q, at %s, are both binary frames", what, m.out.Key, first.out.Key, first.out.Pos)
		}
	}
}

// isBase64 reports whether a text is what generated code reads as bytes.
func isBase64(text string) bool {
	_, err := base64.StdEncoding.DecodeString(text)
	return err == nil
}
