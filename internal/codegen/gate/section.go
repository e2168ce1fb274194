package gate

import (
	"maps"

	"github.com/duet-api/duet/internal/codegen/spec"
)

// sectionOf gives the sections of the components of an AsyncAPI document.
func sectionOf(version string) spec.Section {
	grammar := grammarOf(version)
	return func(place []string) string { return section(grammar, place) }
}

func grammarOf(version string) map[string]map[string]string {
	grammar := places()
	if version < "3" {
		maps.Copy(grammar, places2())
	}
	return grammar
}

// section tells which section of the components a value belongs to that stands
// at a place of an AsyncAPI document, "" where there is none for it.
func section(grammar map[string]map[string]string, place []string) string {
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
		"schema": "schemas", "server": "servers", "channel": "channels", "operation": "operations", "message": "messages",
		"security": "securitySchemes", "variable": "serverVariables", "parameter": "parameters", "correlationId": "correlationIds",
		"reply": "replies", "address": "replyAddresses", "externalDoc": "externalDocs", "tag": "tags",
		"operationTrait": "operationTraits", "messageTrait": "messageTraits", "serverBinding": "serverBindings",
		"channelBinding": "channelBindings", "operationBinding": "operationBindings", "messageBinding": "messageBindings",
	}
}

// places2 is what the grammar of AsyncAPI 2 has otherwise. Its channels and
// servers are copied to their places: only later versions have components for
// them.
// https://www.asyncapi.com/docs/reference/specification/v2.6.0#schema
func places2() map[string]map[string]string {
	return map[string]map[string]string{
		"document":       {"servers": "pathServers", "channels": "pathChannels", "components": "components"},
		"pathServers":    {"*": "pathServer"},
		"pathServer":     {"bindings": "serverBinding"},
		"pathChannels":   {"*": "pathChannel"},
		"pathChannel":    {"publish": "operation", "subscribe": "operation", "parameters": "parameters", "bindings": "channelBinding"},
		"operation":      {"message": "message", "bindings": "operationBinding", "traits": "operationTraits"},
		"operationTrait": {"bindings": "operationBinding"},
		"parameter":      {"schema": "schema"},
		"message": {
			"headers": "schema", "payload": "schema", "correlationId": "correlationId", "bindings": "messageBinding",
			"traits": "messageTraits", "oneOf": "messages",
		},
		"messageTrait": {"headers": "schema", "correlationId": "correlationId", "bindings": "messageBinding"},
	}
}

// places is the part of the AsyncAPI grammar that leads to values that may be
// references: by kind of value, the kind of each member. A star is any other
// member or item.
// https://www.asyncapi.com/docs/reference/specification/v3.0.0#schema
func places() map[string]map[string]string {
	schema := map[string]string{"*": "schema"}
	message := func(traits, bindings string) map[string]string {
		return map[string]string{
			"headers": "schema", "payload": "schema", "correlationId": "correlationId", "tags": "tags",
			"externalDocs": "externalDoc", "bindings": bindings, "traits": traits,
		}
	}
	operation := map[string]string{
		"channel": "channel", "messages": "messages", "reply": "reply", "security": "securities", "tags": "tags",
		"externalDocs": "externalDoc", "bindings": "operationBinding", "traits": "operationTraits",
	}
	return map[string]map[string]string{
		"document": {"servers": "servers", "channels": "channels", "operations": "operations", "components": "components", "info": "info"},
		"info":     {"tags": "tags", "externalDocs": "externalDoc"},
		"components": {
			"schemas": "schemas", "servers": "servers", "channels": "channels", "operations": "operations", "messages": "messages",
			"securitySchemes": "securities", "serverVariables": "variables", "parameters": "parameters", "correlationIds": "correlationIds",
			"replies": "replies", "replyAddresses": "addresses", "externalDocs": "externalDocs", "tags": "tags",
			"operationTraits": "operationTraits", "messageTraits": "messageTraits", "serverBindings": "serverBindings",
			"channelBindings": "channelBindings", "operationBindings": "operationBindings", "messageBindings": "messageBindings",
		},
		"servers":           {"*": "server"},
		"server":            {"variables": "variables", "security": "securities", "tags": "tags", "externalDocs": "externalDoc", "bindings": "serverBinding"},
		"variables":         {"*": "variable"},
		"channels":          {"*": "channel"},
		"channel":           {"messages": "messages", "parameters": "parameters", "servers": "servers", "tags": "tags", "externalDocs": "externalDoc", "bindings": "channelBinding"},
		"channelBindings":   {"*": "channelBinding"},
		"channelBinding":    {"ws": "ws"},
		"ws":                {"query": "schema", "headers": "schema"},
		"parameters":        {"*": "parameter"},
		"operations":        {"*": "operation"},
		"operation":         operation,
		"operationTraits":   {"*": "operationTrait"},
		"operationTrait":    operation,
		"operationBindings": {"*": "operationBinding"},
		"replies":           {"*": "reply"},
		"reply":             {"channel": "channel", "messages": "messages", "address": "address"},
		"addresses":         {"*": "address"},
		"messages":          {"*": "message"},
		"message":           message("messageTraits", "messageBinding"),
		"messageTraits":     {"*": "messageTrait"},
		"messageTrait":      message("", "messageBinding"),
		"messageBindings":   {"*": "messageBinding"},
		"serverBindings":    {"*": "serverBinding"},
		"correlationIds":    {"*": "correlationId"},
		"securities":        {"*": "security"},
		"externalDocs":      {"*": "externalDoc"},
		"tags":              {"*": "tag"},
		"schemas":           schema,
		"schema": {
			"properties": "schemas", "patternProperties": "schemas", "definitions": "schemas", "$defs": "schemas", "dependencies": "schemas",
			"allOf": "schemas", "anyOf": "schemas", "oneOf": "schemas", "schema": "schema",
			"items": "schema", "additionalItems": "schema", "additionalProperties": "schema",
			"contains": "schema", "propertyNames": "schema", "not": "schema", "if": "schema", "then": "schema", "else": "schema",
		},
	}
}
