package gate

import (
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/duet-api/duet/internal/codegen/spec"
)

// idle reports whether nothing is generated from what an error is about: an
// annotation, an example, a binding of another protocol. Public documents are
// careless there, and what is generated is right all the same.
func (v *verdict) idle(e *jsonschema.ValidationError) bool {
	if v.grammar == nil {
		return false
	}
	at, unread := v.kindAt(e.InstanceLocation)
	if unread {
		return true
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		return !slices.ContainsFunc(k.Missing, func(key string) bool { return !isAnnotation(at, key) })
	case *kind.AdditionalProperties:
		if strings.HasSuffix(at, "Binding") {
			return !slices.Contains(k.Properties, "ws")
		}
		return !slices.ContainsFunc(k.Properties, func(key string) bool { return v.meant(at, key) })
	}
	return false
}

// kindAt gives the kind of value, in the words of the grammar, at a place of the
// document. unread says that nothing is generated from what stands there.
func (v *verdict) kindAt(place []string) (at string, unread bool) {
	at = "document"
	for _, token := range place {
		next, ok := v.grammar[at][token]
		if !ok {
			next = v.grammar[at]["*"]
		}
		switch {
		case next == "" && isAnnotation(at, token):
			return "", true
		case at == "channelBinding" && token != "ws":
			return "", true
		case at == "schema" && token == "discriminator": // an object in OpenAPI, whose schemas may be referred to
			return "", true
		}
		at = next
		if slices.Contains([]string{"info", "tags", "tag", "externalDoc", "serverBinding", "operationBinding", "messageBinding"}, at) {
			return at, true
		}
	}
	return at, false
}

// isAnnotation reports whether a member says nothing that code is generated from.
func isAnnotation(at, key string) bool {
	switch key {
	case "title", "description", "summary", "name", "example", "examples", "deprecated", "tags", "externalDocs", "info", "id":
		return at != "security"
	case "header", "headers": // of a WebSocket message, which has none: that is said elsewhere
		return at == "message"
	case "channels":
		return at == "document"
	}
	return false
}

// meant reports whether a key that a value may not have is one that would be read
// elsewhere, or is like one: it says something that would be lost. Of parameters
// of an address nothing but an enum is read.
func (v *verdict) meant(at, key string) bool {
	if at == "parameter" || isAnnotation(at, key) {
		return false
	}
	read := []string{
		"$ref", "message", "publish", "subscribe", "url", "host", "protocol", "action", "schemaFormat", "contentType",
		"location", "type", "method", "additionalProperties", "required", "properties", "traits", "reply",
	}
	for _, members := range v.grammar {
		for member := range members {
			read = append(read, member)
		}
	}
	return slices.Contains(read, key) || spec.Closest(key, read) != ""
}
