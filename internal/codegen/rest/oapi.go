package rest

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"

	"github.com/duet-api/duet/internal/codegen/ir"
	"github.com/duet-api/duet/internal/codegen/source"
)

// oapi serialises all use of oapi-codegen, which keeps the document, its
// options, its templates' functions and the names it has given in package
// variables and sets them anew on every call. It is the one package variable of
// the generator that guards something mutable: the state is not ours.
var oapi sync.Mutex

// part is one generated file.
type part struct {
	file     string
	generate codegen.GenerateOptions
	// without names upstream templates whose text goes into another file.
	without []string
}

// parts lists the files that oapi-codegen makes.
func parts() []part {
	router := []string{"stdhttp/std-http-interface.tmpl", "stdhttp/std-http-middleware.tmpl", "stdhttp/std-http-handler.tmpl"}
	return []part{
		{file: "types.gen.go", generate: codegen.GenerateOptions{Models: true}},
		{file: "server.gen.go", generate: codegen.GenerateOptions{StdHTTPServer: true}},
		{file: "strict.gen.go", generate: codegen.GenerateOptions{Strict: true, StdHTTPServer: true}, without: router},
		{file: "client.gen.go", generate: codegen.GenerateOptions{Client: true}},
	}
}

// overrides gives our template for each upstream one that is replaced.
func overrides() map[string]string {
	return map[string]string{
		"imports.tmpl":                     "imports.tmpl",
		"stdhttp/std-http-handler.tmpl":    "std-http-handler.tmpl",
		"stdhttp/std-http-middleware.tmpl": "std-http-middleware.tmpl",
		"strict/strict-interface.tmpl":     "strict-interface.tmpl",
		"strict/strict-http.tmpl":          "strict-http.tmpl",
	}
}

// generate runs oapi-codegen for one part of the package. The text that it gives
// has not been formatted.
func generate(doc *openapi3.T, pkg string, p part) (text string, err error) {
	config, err := configuration(pkg, p)
	if err != nil {
		return "", err
	}
	oapi.Lock()
	defer oapi.Unlock()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("oapi-codegen panicked: %v", r)
		}
	}()
	if text, err = codegen.Generate(doc, config); err != nil {
		return "", err
	}
	// The parts of a spaceDelimited list are joined by bare spaces, which no request
	// line can hold.
	const joined = `strings.Join(rawQueryFragments, "&")`
	text = strings.ReplaceAll(text, joined, `strings.ReplaceAll(`+joined+`, " ", "%20")`)
	return pathFormat.ReplaceAllStringFunc(text, func(format string) string {
		return escapedByte.ReplaceAllString(format, "%$0")
	}), nil
}

// A client makes paths by fmt.Sprintf, to which an escaped byte is a verb.
var (
	pathFormat  = regexp.MustCompile(`operationPath := fmt\.Sprintf\("[^"]*"`)
	escapedByte = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
)

func configuration(pkg string, p part) (codegen.Configuration, error) {
	user := map[string]string{}
	for upstream, ours := range overrides() {
		text, err := templates.ReadFile("templates/" + ours)
		if err != nil {
			return codegen.Configuration{}, err
		}
		user[upstream] = string(text)
	}
	for _, upstream := range p.without {
		user[upstream] = "{{/* text/template ignores an empty override */}}{{\"\"}}\n"
	}
	version := "pinned"
	return codegen.Configuration{
		PackageName:          pkg,
		Generate:             p.generate,
		AllowRemoteRefsFrom:  []string{},
		NoVCSVersionOverride: &version,
		Compatibility:        codegen.CompatibilityOptions{AlwaysPrefixEnumValues: true},
		OutputOptions: codegen.OutputOptions{
			SkipFmt:                       true, // imports are computed by tidy
			UserTemplates:                 user,
			ResponseTypeSuffix:            "Response",
			SkipResponseBodyGetters:       true,
			SkipClientResponseContentType: true,
		},
	}, nil
}

// report turns an error of oapi-codegen into a diagnostic at the operation that
// its text names, or else at the first one.
func report(rest *ir.REST, p part, err error, diags *source.Diagnostics) {
	pos := source.Pos{}
	for _, op := range rest.Operations {
		if !pos.IsValid() {
			pos = op.Pos
		}
		if strings.Contains(err.Error(), op.Name) || strings.Contains(err.Error(), op.Path+":") {
			pos = op.Pos
			break
		}
	}
	diags.Errorf(pos, "rest-generate", "", "the REST package can't be made: %s: %v", p.file, err)
}
