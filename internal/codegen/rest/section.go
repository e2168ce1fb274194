package rest

// section tells which section of the components a value belongs to that stands
// at a place of an OpenAPI document, "" where there is none for it.
func section(place []string) string {
	grammar := places()
	at := "document"
	for _, token := range place {
		next, ok := grammar[at][token]
		if !ok {
			next = grammar[at]["*"]
		}
		at = next
	}
	return sections()[at]
}

// sections gives the section of the components for each kind of value.
func sections() map[string]string {
	return map[string]string{
		"schema": "schemas", "parameter": "parameters", "header": "headers", "response": "responses",
		"body": "requestBodies", "example": "examples", "link": "links", "callback": "callbacks",
		"security": "securitySchemes",
	}
}

// places is the part of the OpenAPI grammar that leads to values that may be
// references: by kind of value, the kind of each member. A star is any other
// member or item.
// https://spec.openapis.org/oas/v3.1.0#openapi-object
func places() map[string]map[string]string {
	value := map[string]string{"schema": "schema", "content": "content", "examples": "examples"}
	return map[string]map[string]string{
		"document":   {"paths": "paths", "webhooks": "paths", "components": "components"},
		"components": {"schemas": "schemas", "parameters": "parameters", "headers": "headers", "responses": "responses", "requestBodies": "bodies", "examples": "examples", "links": "links", "callbacks": "callbacks", "securitySchemes": "securities", "pathItems": "paths"},
		"paths":      {"*": "path"},
		"path":       {"parameters": "parameters", "get": "operation", "put": "operation", "post": "operation", "delete": "operation", "options": "operation", "head": "operation", "patch": "operation", "trace": "operation"},
		"operation":  {"parameters": "parameters", "requestBody": "body", "responses": "responses", "callbacks": "callbacks"},
		"callbacks":  {"*": "callback"},
		"callback":   {"*": "path"},
		"parameters": {"*": "parameter"},
		"parameter":  value,
		"headers":    {"*": "header"},
		"header":     value,
		"responses":  {"*": "response"},
		"response":   {"headers": "headers", "content": "content", "links": "links"},
		"links":      {"*": "link"},
		"bodies":     {"*": "body"},
		"body":       {"content": "content"},
		"content":    {"*": "media"},
		"media":      {"schema": "schema", "examples": "examples", "encoding": "encodings"},
		"encodings":  {"*": "encoding"},
		"encoding":   {"headers": "headers"},
		"examples":   {"*": "example"},
		"securities": {"*": "security"},
		"schemas":    {"*": "schema"},
		"schema": {
			"properties": "schemas", "patternProperties": "schemas", "dependentSchemas": "schemas", "$defs": "schemas",
			"allOf": "schemas", "anyOf": "schemas", "oneOf": "schemas", "prefixItems": "schemas",
			"items": "schema", "additionalProperties": "schema", "unevaluatedProperties": "schema", "unevaluatedItems": "schema",
			"contains": "schema", "propertyNames": "schema", "not": "schema", "if": "schema", "then": "schema", "else": "schema",
		},
	}
}
