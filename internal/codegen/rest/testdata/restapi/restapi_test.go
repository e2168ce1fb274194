package restapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/duet-api/duet/runtime/wire"
)

const id, other = "5b0c1a52-6f2e-4f0e-9a55-0d1c7e3a9b10", "c4b7f0de-83f1-4a3c-8c86-2a7b1d9e5f42"

// server answers every operation, and keeps the last request.
type server struct {
	list ListNotesRequestObject
	gone DeleteNoteRequestObject
}

func (s *server) CreateNote(context.Context, CreateNoteRequestObject) (CreateNoteResponseObject, error) {
	return CreateNote201JSONResponse{Headers: CreateNote201ResponseHeaders{Location: "/notes/1"}}, nil
}

func (s *server) DeleteNote(_ context.Context, r DeleteNoteRequestObject) (DeleteNoteResponseObject, error) {
	s.gone = r
	return DeleteNote204Response{}, nil
}

func (s *server) ListNotes(_ context.Context, r ListNotesRequestObject) (ListNotesResponseObject, error) {
	s.list = r
	return ListNotes200JSONResponse{}, nil
}

func (s *server) ReadNote(context.Context, ReadNoteRequestObject) (ReadNoteResponseObject, error) {
	return ReadNote206ApplicationoctetStreamResponse{Body: strings.NewReader("bytes")}, nil
}

func (s *server) UpdateNote(_ context.Context, r UpdateNoteRequestObject) (UpdateNoteResponseObject, error) {
	if r.Body == nil {
		return nil, nil
	}
	return UpdateNote200JSONResponse{Body: *r.Body}, nil
}

// call sends one request and gives the answer and what it was refused with.
func call(t *testing.T, s *server, r *http.Request) (answer *httptest.ResponseRecorder, refused error) {
	t.Helper()
	onError := func(w http.ResponseWriter, _ *http.Request, err error) {
		refused = err
		w.WriteHeader(http.StatusTeapot)
	}
	strict := NewStrictHandler(s, &StrictServerOptions{MaxBodyBytes: 16, RequestErrorHandlerFunc: onError, ResponseErrorHandlerFunc: onError})
	h := HandlerWithOptions(strict, StdHTTPServerOptions{ErrorHandlerFunc: onError, BaseURL: "/v1"})
	answer = httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	return answer, refused
}

func TestParams(t *testing.T) {
	t.Parallel()
	limit := int32(20)
	tests := map[string]struct {
		query  string
		header string
		cookie string
		want   []string // pointer and rule
	}{
		"least":              {query: "after=a"},
		"all":                {query: "after=a&limit=5&order=new&tag=" + id + "&tag=" + other + "&pinned=true&weight=1.5e0&since=2026-01-15T09:00:00Z", header: "x", cookie: "dark"},
		"missing":            {query: "", want: []string{"/query/after required"}},
		"unknown":            {query: "after=a&Limit=5", want: []string{"/query additionalProperties"}},
		"malformed":          {query: "after=a&%zz", want: []string{"/query format", "/query/after required"}},
		"repeated":           {query: "after=a&after=b", want: []string{"/query/after duplicate"}},
		"not an integer":     {query: "after=a&limit=5.0", want: []string{"/query/limit type"}},
		"signed":             {query: "after=a&limit=%2B5", want: []string{"/query/limit type"}},
		"padded":             {query: "after=a&limit=5%20", want: []string{"/query/limit type"}},
		"empty":              {query: "after=a&limit=", want: []string{"/query/limit type"}},
		"beyond int32":       {query: "after=a&limit=4294967297", want: []string{"/query/limit type"}},
		"too small":          {query: "after=a&limit=0", want: []string{"/query/limit minimum"}},
		"too large":          {query: "after=a&limit=101", want: []string{"/query/limit maximum"}},
		"too short":          {query: "after=", want: []string{"/query/after minLength", "/query/after pattern"}},
		"too long":           {query: "after=abcdefghi", want: []string{"/query/after maxLength"}},
		"pattern":            {query: "after=A", want: []string{"/query/after pattern"}},
		"not UTF-8":          {query: "after=%ff", want: []string{"/query/after utf8"}},
		"enum":               {query: "after=a&order=odd", want: []string{"/query/order enum"}},
		"boolean":            {query: "after=a&pinned=1", want: []string{"/query/pinned type"}},
		"not finite":         {query: "after=a&weight=NaN", want: []string{"/query/weight type"}},
		"beyond float64":     {query: "after=a&weight=1e999", want: []string{"/query/weight type"}},
		"exclusive":          {query: "after=a&weight=0", want: []string{"/query/weight exclusiveMinimum"}},
		"date without time":  {query: "after=a&since=2026-01-15", want: []string{"/query/since type"}},
		"list item":          {query: "after=a&tag=" + id + "&tag=x", want: []string{"/query/tag/1 format"}},
		"list item twice":    {query: "after=a&tag=" + id + "&tag=" + id, want: []string{"/query/tag uniqueItems"}},
		"list too long":      {query: "after=a" + strings.Repeat("&tag="+id, 4), want: []string{"/query/tag maxItems", "/query/tag uniqueItems"}},
		"undeclared cookie":  {query: "after=a", cookie: "light", want: []string{"/cookie/theme enum"}},
		"several at a time":  {query: "limit=x&pinned=x", want: []string{"/query/limit type", "/query/after required", "/query/pinned type"}},
		"value not repeated": {query: "after=SECRET", want: []string{"/query/after pattern"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/v1/notes?"+tt.query, nil)
			if tt.header != "" {
				r.Header.Set("If-None-Match", tt.header)
			}
			if tt.cookie != "" {
				r.AddCookie(&http.Cookie{Name: "theme", Value: tt.cookie})
			}
			var s server
			answer, err := call(t, &s, r)
			if tt.want == nil {
				if err != nil || answer.Body.String() != "[]" {
					t.Errorf("error %v and body %s, want an empty list", err, answer.Body)
				}
				if name == "least" && *s.list.Params.Limit != limit {
					t.Errorf("limit = %d, want the default", *s.list.Params.Limit)
				}
				return
			}
			if diff := cmp.Diff(tt.want, rules(t, err)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// rules gives the pointer and the rule of each finding.
func rules(t *testing.T, err error) []string {
	t.Helper()
	var invalid *wire.ValidationError
	if !errors.As(err, &invalid) {
		t.Fatalf("error = %v, want a *wire.ValidationError", err)
	}
	if strings.Contains(err.Error(), "SECRET") {
		t.Errorf("error %q repeats the value", err)
	}
	var out []string
	for _, e := range invalid.Errors {
		out = append(out, e.Pointer+" "+e.Rule)
	}
	return out
}

func TestPath(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		path string
		want []string
	}{
		"good":      {"/v1/books/7/notes/" + id, nil},
		"escaped":   {"/v1/books/7/notes/%35" + id[1:], nil},
		"both bad":  {"/v1/books/x/notes/y", []string{"/path/book-id type", "/path/noteId format"}},
		"too small": {"/v1/books/0/notes/" + id, []string{"/path/book-id minimum"}},
		"query":     {"/v1/books/7/notes/" + id + "?x=1", []string{"/query additionalProperties"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s server
			answer, err := call(t, &s, httptest.NewRequest(http.MethodDelete, tt.path, nil))
			if tt.want != nil {
				if diff := cmp.Diff(tt.want, rules(t, err)); diff != "" {
					t.Errorf("findings (-want +got):\n%s", diff)
				}
				return
			}
			if want := (DeleteNoteRequestObject{BookID: 7, NoteID: id}); answer.Code != http.StatusNoContent || s.gone != want {
				t.Errorf("status %d and request %+v, want 204 and %+v", answer.Code, s.gone, want)
			}
		})
	}
}

func TestBody(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		method, contentType, encoding string
		body                          io.Reader
		status                        int
	}{
		"good":                {method: "POST", contentType: "application/json", body: strings.NewReader("{}")},
		"charset":             {method: "POST", contentType: "application/json; charset=UTF-8", body: strings.NewReader("{}")},
		"chunked":             {method: "POST", contentType: "application/json", body: struct{ io.Reader }{strings.NewReader("{}")}},
		"optional and absent": {method: "PATCH"},
		"optional, chunked":   {method: "PATCH", contentType: "application/json", body: struct{ io.Reader }{strings.NewReader("")}},
		"other charset":       {method: "POST", contentType: "application/json; charset=latin1", body: strings.NewReader("{}"), status: 415},
		"no type":             {method: "POST", body: strings.NewReader("{}"), status: 415},
		"other type":          {method: "POST", contentType: "text/json", body: strings.NewReader("{}"), status: 415},
		"compressed":          {method: "POST", contentType: "application/json", encoding: "gzip", body: strings.NewReader("{}"), status: 415},
		"too large":           {method: "POST", contentType: "application/json", body: strings.NewReader(strings.Repeat(" ", 17)), status: 413},
		"too large, chunked":  {method: "POST", contentType: "application/json", body: struct{ io.Reader }{strings.NewReader(strings.Repeat(" ", 17))}, status: 413},
		"cut off":             {method: "POST", contentType: "application/json", body: io.MultiReader(strings.NewReader("{"), broken{}), status: 400},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(tt.method, "/v1/notes", tt.body)
			r.Header.Set("Content-Type", tt.contentType)
			if tt.encoding != "" {
				r.Header.Set("Content-Encoding", tt.encoding)
			}
			answer, err := call(t, &server{}, r)
			var refused *RequestError
			switch {
			case tt.status != 0 && (!errors.As(err, &refused) || refused.Status != tt.status):
				t.Errorf("error = %v, want a RequestError of status %d", err, tt.status)
			case tt.status == 0 && tt.method == "POST" && (err != nil || answer.Body.String() != "{}" || answer.Header().Get("Location") != "/notes/1" || answer.Header().Get("Content-Length") != "2"):
				t.Errorf("error %v, body %s, headers %v", err, answer.Body, answer.Header())
			case tt.method == "PATCH" && (err == nil || errors.As(err, &refused)):
				t.Errorf("error = %v, want that of an operation without a response", err)
			}
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("broken") }

func TestMiddleware(t *testing.T) {
	t.Parallel()
	var got []string
	named := func(name string) Middleware {
		return func(op Operation, next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = append(got, name+" "+op.ID)
				if op.Secured {
					w.WriteHeader(http.StatusUnauthorized)
					return
				}
				next.ServeHTTP(w, r)
			})
		}
	}
	h := HandlerWithOptions(NewStrictHandler(&server{}, nil), StdHTTPServerOptions{Middlewares: []Middleware{named("first"), named("second")}})
	for _, r := range []*http.Request{
		httptest.NewRequest(http.MethodPost, "/notes?bad=parameter", nil),
		httptest.NewRequest(http.MethodGet, "/notes/text", nil),
	} {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	if diff := cmp.Diff([]string{"first CreateNote", "first ReadNote", "second ReadNote"}, got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// TestClient lets the client talk to the server.
func TestClient(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(Handler(NewStrictHandler(&server{}, nil)))
	defer web.Close()
	c, err := NewClientWithResponses(web.URL)
	if err != nil {
		t.Fatal(err)
	}
	created, err := c.CreateNoteWithResponse(t.Context(), Note{})
	if err != nil || created.JSON201 == nil || created.Headers201.Location != "/notes/1" {
		t.Errorf("created = %+v, %v", created, err)
	}
	tags := []string{id, other}
	listed, err := c.ListNotesWithResponse(t.Context(), &ListNotesParams{After: "a", Tag: &tags})
	if err != nil || listed.JSON200 == nil {
		t.Errorf("listed = %+v, %v", listed, err)
	}
}
