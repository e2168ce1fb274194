package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// judge knows the contract by its documents alone, through libraries that the
// programs under test do not use. It may be used concurrently.
type judge struct {
	messages  map[string]*jsonschema.Schema // to the client, by type
	examples  map[string][]any              // of messages, by type
	reconnect map[int]bool                  // by declared close code
	problem   *jsonschema.Schema
	routes    routers.Router
}

// asyncDocument is what a judge reads of an AsyncAPI document.
type asyncDocument struct {
	Channels map[string]struct {
		CloseCodes []struct {
			Code      int
			Reconnect bool
		} `yaml:"x-close-codes"`
	}
	Operations map[string]struct {
		Action   string
		Messages []reference
		Reply    struct{ Messages []reference }
	}
}

type reference struct {
	Ref string `yaml:"$ref"`
}

func newJudge(t *testing.T, asyncapi, openapi string) *judge {
	t.Helper()
	j := &judge{messages: map[string]*jsonschema.Schema{}, examples: map[string][]any{}, reconnect: map[int]bool{}}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(j.readAsync(asyncapi))
	rest := jsonschema.NewCompiler()
	rest.AssertFormat()
	plain, err := plainDocument(openapi)
	must(err)
	must(rest.AddResource("openapi.yaml", plain))
	j.problem, err = rest.Compile("openapi.yaml#/components/schemas/Problem")
	must(err)
	doc, err := openapi3.NewLoader().LoadFromData([]byte(openapi))
	must(err)
	j.routes, err = gorillamux.NewRouter(doc)
	must(err)
	return j
}

// readAsync compiles the payload of every message that a server sends.
func (j *judge) readAsync(text string) error {
	var doc asyncDocument
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return err
	}
	for _, channel := range doc.Channels {
		for _, c := range channel.CloseCodes {
			j.reconnect[c.Code] = c.Reconnect
		}
	}
	plain, err := plainDocument(text)
	if err != nil {
		return err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7) // what AsyncAPI 3.0 schemas are a superset of
	c.AssertFormat()
	if err := c.AddResource("asyncapi.yaml", plain); err != nil {
		return err
	}
	for _, op := range doc.Operations {
		sent := op.Reply.Messages
		if op.Action == "send" {
			sent = op.Messages
		}
		for _, ref := range sent {
			if err := j.addMessage(c, plain, ref.Ref); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *judge) addMessage(c *jsonschema.Compiler, doc any, ref string) error {
	schema, err := c.Compile("asyncapi.yaml" + ref + "/payload")
	if err != nil {
		return err
	}
	message, err := resolve(doc, ref)
	if err != nil {
		return err
	}
	tag, err := resolve(doc, ref+"/payload/properties/type/const")
	if err != nil {
		return err
	}
	name, _ := tag.(string)
	examples, err := resolve(message, "#/examples")
	if err != nil {
		return err
	}
	j.messages[name], j.examples[name] = schema, nil
	list, _ := examples.([]any)
	for _, e := range list {
		object, _ := e.(map[string]any)
		j.examples[name] = append(j.examples[name], object["payload"])
	}
	return nil
}

// resolve follows a pointer, and the references on its way.
func resolve(doc any, pointer string) (any, error) {
	v := doc
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "#/"), "/") {
		at, _ := v.(map[string]any)
		v = at[part]
		if object, ok := v.(map[string]any); ok {
			if ref, ok := object["$ref"].(string); ok {
				var err error
				if v, err = resolve(doc, ref); err != nil {
					return nil, err
				}
			}
		}
	}
	if v == nil {
		return nil, fmt.Errorf("%s: there is nothing", pointer)
	}
	return v, nil
}

// plainDocument reads YAML as JSON is read.
func plainDocument(text string) (any, error) {
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		return nil, err
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(b))
}

// message judges a frame of the server.
func (j *judge) message(frame string) error {
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(frame))
	if err != nil {
		return err
	}
	object, _ := v.(map[string]any)
	name, _ := object["type"].(string)
	schema := j.messages[name]
	if schema == nil {
		return fmt.Errorf("the document declares no message of type %q to the client", name)
	}
	return schema.Validate(v)
}

// handshake judges the answer to a handshake that was refused.
func (j *judge) handshake(header http.Header, body string) error {
	if got := header.Get("Content-Type"); got != "application/problem+json" {
		return fmt.Errorf("content type %q", got)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		return err
	}
	return j.problem.Validate(v)
}

// answer judges an answer over REST.
func (j *judge) answer(ctx context.Context, r *http.Request, resp *http.Response, body string) error {
	route, params, err := j.routes.FindRoute(r)
	if err != nil {
		return fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err)
	}
	return openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 resp.StatusCode, Header: resp.Header, Body: io.NopCloser(strings.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
}
