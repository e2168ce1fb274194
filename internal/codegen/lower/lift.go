package lower

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

// lift gives a document of AsyncAPI 2 the shape of version 3. What is new has the
// positions of what it was made of, and everything else is the document's own
// nodes: where version 3 has a reference to a channel or message of the document,
// the lifted document has the node itself.
// https://www.asyncapi.com/docs/migration/migrating-to-v3
type lift struct {
	*lowering
	doc      *spec.Node
	messages map[*spec.Node]*spec.Node // lifted, by the node of the document
	servers  map[string]*spec.Node     // lifted
}

func (l *lowering) lift(doc *spec.Node) *spec.Node {
	v := &lift{lowering: l, doc: doc, messages: map[*spec.Node]*spec.Node{}, servers: map[string]*spec.Node{}}
	out := v.without(doc, "servers", "channels")
	if doc.Has("servers") {
		out.Set("servers", v.liftServers())
	}
	channels, operations := spec.NewMap(doc.KeyPos("channels")), spec.NewMap(doc.KeyPos("channels"))
	for _, p := range doc.Get("channels").Members() {
		v.channel(p, channels, operations)
	}
	out.Set("channels", channels)
	out.Set("operations", operations)
	return out
}

// without copies a map without some of its members.
func (v *lift) without(n *spec.Node, keys ...string) *spec.Node {
	c := *n
	c.Pairs = slices.DeleteFunc(slices.Clone(n.Pairs), func(p spec.Pair) bool { return slices.Contains(keys, p.Key) })
	return &c
}

func put(n *spec.Node, key string, pos source.Pos, value *spec.Node) {
	n.Pairs = append(n.Pairs, spec.Pair{Key: key, KeyPos: pos, Value: value})
}

func seq(pos source.Pos, items ...*spec.Node) *spec.Node {
	return &spec.Node{Kind: spec.Seq, Pos: pos, Items: items}
}

func (v *lift) liftServers() *spec.Node {
	out := spec.NewMap(v.doc.Get("servers").Pos)
	for _, p := range v.doc.Get("servers").Members() {
		node, ok := v.loader.Resolve(p.Value)
		if !ok {
			continue
		}
		s := v.without(node, "url", "security")
		if url := node.Get("url"); url != nil {
			_, rest, hasScheme := strings.Cut(url.Str(), "://")
			if !hasScheme {
				rest = url.Str()
			}
			host, path, hasPath := strings.Cut(rest, "/")
			put(s, "host", url.Pos, spec.NewString(url.Pos, host))
			if hasPath && path != "" {
				put(s, "pathname", url.Pos, spec.NewString(url.Pos, "/"+path))
			}
		}
		v.security(s, node)
		v.servers[p.Key] = s
		put(out, p.Key, p.KeyPos, s)
	}
	return out
}

// security writes the requirements of n, which name schemes, as a list of schemes.
func (v *lift) security(out, n *spec.Node) {
	list := n.Get("security")
	if list == nil {
		return
	}
	schemes := v.doc.Get("components", "securitySchemes")
	lifted := seq(list.Pos)
	for _, requirement := range list.Elems() {
		for _, p := range requirement.Members() {
			scheme, ok := schemes.Lookup(p.Key)
			if !ok {
				v.diags.Errorf(p.KeyPos, "security-scheme", "", "there is no security scheme %q%s", p.Key, spec.DidYouMean(p.Key, schemes.Keys()))
				continue
			}
			lifted.Items = append(lifted.Items, scheme.Value)
		}
	}
	put(out, "security", n.KeyPos("security"), lifted)
}

// channel lifts a channel, whose key is its address, and the operations in it:
// publish is what clients send, subscribe what they get.
func (v *lift) channel(p spec.Pair, channels, operations *spec.Node) {
	node, ok := v.loader.Resolve(p.Value)
	if !ok {
		return
	}
	c := v.without(node, "publish", "subscribe", "servers", "parameters", "address")
	put(c, "address", p.KeyPos, spec.NewString(p.KeyPos, p.Key))
	v.channelServers(c, node)
	if params := node.Get("parameters"); params != nil {
		put(c, "parameters", node.KeyPos("parameters"), v.parameters(params))
	}
	messages := spec.NewMap(node.Pos)
	put(c, "messages", node.Pos, messages)
	for _, o := range node.Members() {
		switch o.Key {
		case "publish":
			v.operation(p, o, "receive", c, messages, operations)
		case "subscribe":
			v.operation(p, o, "send", c, messages, operations)
		case "address", "messages":
			v.mixed(o, "a channel's key is its address, and its messages are in publish and subscribe")
		}
	}
	put(channels, p.Key, p.KeyPos, c)
}

// mixed reports a key of AsyncAPI 3 in a document of version 2.
func (v *lift) mixed(p spec.Pair, fix string) {
	v.diags.Errorf(p.KeyPos, "mixed-versions", fix, "%q is a key of AsyncAPI 3, and this document is of version %s", p.Key, v.doc.Get("asyncapi").Text)
}

func (v *lift) channelServers(c, node *spec.Node) {
	list := node.Get("servers")
	if list == nil {
		return
	}
	lifted := seq(list.Pos)
	for _, name := range list.Elems() {
		s := v.servers[name.Str()]
		if s == nil {
			v.diags.Errorf(name.Pos, "channel-server", "", "there is no server %q%s", name.Str(), spec.DidYouMean(name.Str(), v.doc.Get("servers").Keys()))
			continue
		}
		lifted.Items = append(lifted.Items, s)
	}
	put(c, "servers", node.KeyPos("servers"), lifted)
}

// parameters lifts the parameters of a channel, whose schemas version 3 has no
// place for: it knows strings with an enum.
func (v *lift) parameters(n *spec.Node) *spec.Node {
	out := spec.NewMap(n.Pos)
	for _, p := range n.Members() {
		node, ok := v.loader.Resolve(p.Value)
		if !ok {
			continue
		}
		lifted := v.without(node, "schema")
		if schema, ok := v.loader.Resolve(node.Get("schema")); ok {
			for _, key := range []string{"enum", "default", "examples", "description"} {
				if q, has := schema.Lookup(key); has && !lifted.Has(key) {
					lifted.Pairs = append(lifted.Pairs, q)
				}
			}
			if t := schema.Get("type"); t != nil && t.Str() != "string" {
				v.diags.Warnf(t.Pos, "address-parameter", "", "the parameter {%s} of an address is a string in generated code, not of type %s", p.Key, t.JSON())
			}
		}
		put(out, p.Key, p.KeyPos, lifted)
	}
	return out
}

// operation lifts publish or subscribe of the channel at.
func (v *lift) operation(at, p spec.Pair, action string, c, messages, operations *spec.Node) {
	node, ok := v.loader.Resolve(p.Value)
	if !ok {
		return
	}
	op := v.overridden(v.without(node, "message", "security"))
	put(op, "action", p.KeyPos, spec.NewString(p.KeyPos, action))
	put(op, "channel", p.KeyPos, c)
	v.security(op, node)
	list := seq(node.KeyPos("message"))
	for _, m := range v.operationMessages(node) {
		lifted, ok := v.message(m)
		if !ok {
			continue
		}
		if !slices.Contains(list.Items, lifted) {
			list.Items = append(list.Items, lifted)
		}
		if !slices.ContainsFunc(messages.Pairs, func(q spec.Pair) bool { return q.Value == lifted }) {
			put(messages, v.messageKey(m, lifted, at.Key, p.Key, node, messages), m.Pos, lifted)
		}
	}
	put(op, "messages", node.KeyPos("message"), list)
	key := cmp.Or(node.Get("operationId").Str(), p.Key+" "+at.Key)
	if operations.Has(key) {
		v.diags.Warnf(node.KeyPos("operationId"), "name-collision", "rename one of them", "another operation is called %q too", key)
		key = p.Key + " " + at.Key
	}
	put(operations, key, p.KeyPos, op)
}

// operationMessages gives the messages of an operation: one, or those of oneOf.
func (v *lift) operationMessages(op *spec.Node) []*spec.Node {
	m := op.Get("message")
	if m == nil {
		return nil
	}
	target, ok := v.loader.Resolve(m)
	if !ok || !target.Has("oneOf") {
		return []*spec.Node{m}
	}
	return target.Get("oneOf").Elems()
}

// message lifts a message: its traits are merged into it, and the format of its
// schema stands beside the schema.
func (v *lift) message(n *spec.Node) (*spec.Node, bool) {
	node, ok := v.loader.Resolve(n)
	if !ok || node.Kind != spec.Map {
		return nil, false
	}
	if lifted := v.messages[node]; lifted != nil {
		return lifted, true
	}
	merged := v.overridden(node)
	lifted := v.without(merged, "schemaFormat", "payload")
	payload := merged.Get("payload")
	if format := merged.Get("schemaFormat"); format != nil && payload != nil {
		wrapped := spec.NewMap(payload.Pos)
		put(wrapped, "schemaFormat", format.Pos, format)
		put(wrapped, "schema", payload.Pos, payload)
		payload = wrapped
	}
	if payload != nil {
		put(lifted, "payload", merged.KeyPos("payload"), payload)
	}
	v.messages[node] = lifted
	return lifted, true
}

// overridden applies traits as version 2 has them: over what the node says itself,
// a later one over an earlier one. In version 3 the node wins.
func (v *lift) overridden(n *spec.Node) *spec.Node {
	traits := n.Get("traits").Elems()
	out := v.without(n, "traits")
	for _, t := range traits {
		if t, ok := v.loader.Resolve(t); ok {
			merged := *mergeUnder(t, out)
			merged.Pos, merged.Pointer = n.Pos, n.Pointer
			out = &merged
		}
	}
	return out
}

// messageKey names a message: by its messageId, its key among the components
// unless that is a path, its name or title, or else after its operation.
func (v *lift) messageKey(entry, lifted *spec.Node, channel, verb string, op, taken *spec.Node) string {
	key := lifted.Get("messageId").Str()
	if ref, isRef := entry.Ref(); key == "" && isRef {
		if tokens, err := spec.SplitPointer(lifted.Pointer); err == nil && len(tokens) > 0 {
			key = tokens[len(tokens)-1]
		} else {
			key = ref[strings.LastIndexByte(ref, '/')+1:]
		}
	}
	if name := lifted.Get("name").Str(); strings.Contains(key, "/") && name != "" {
		key = name
	}
	key = cmp.Or(key, lifted.Get("name").Str())
	if _, ok := spec.TitleName(lifted); key == "" && ok {
		key = lifted.Get("title").Str()
	}
	key = cmp.Or(key, op.Get("operationId").Str(), verb+" "+addressParam.ReplaceAllString(channel, ""))
	name := key
	for i := 2; taken.Has(name); i++ {
		name = key + strconv.Itoa(i)
	}
	return name
}
