// Package ir is the language-neutral model of a contract: what the documents
// mean, with every name, order and default decided. Package lower makes it;
// the emitters only print it.
package ir

import "github.com/duet-api/duet/internal/codegen/source"

// Model is one contract: an OpenAPI document, an AsyncAPI document, or both.
type Model struct {
	Title   string
	Version string
	Types   []*Type   // declared types, sorted by Name
	Extras  []Extra   // what types can't say, sorted by Name
	Sockets []*Socket // sorted by Name
	REST    *REST     // nil without an OpenAPI document
	// SocketTitle is the title of the AsyncAPI document. Title is that of the OpenAPI
	// document where there is one.
	SocketTitle string
	// Version2 says that the AsyncAPI document is of version 2, whose words are
	// publish and subscribe.
	Version2 bool
	// Perspective is server or client: whose view the words send and receive
	// take in the AsyncAPI document. Empty without one.
	Perspective string
}

// Extra is a schema of what types can't say, which generated code checks on whole
// values.
type Extra struct {
	Name string
	// JSON is a JSON Schema (2020-12) without annotations. A $ref in it is the name
	// of another Extra.
	JSON string
}

// Kind tells the JSON shape of a Type.
type Kind uint8

// The kinds of type. Any is a schema without a type: every JSON value.
const (
	Any Kind = iota
	Boolean
	Integer
	Number
	String
	Array
	Map    // an object without declared properties
	Object // an object with declared properties: a Go struct
	Union  // one of several Objects and Boxes
	Box    // one value of another type, in a struct that is written as the value alone
)

// Type is one schema.
type Type struct {
	Kind Kind
	// Name is the name of a declared type in generated code. It is empty for a
	// type that is written in place, which is never an Object, an enum, a Union
	// or a Box: lower gives each of those a name.
	Name       string
	Doc        string // description, or else title
	Deprecated bool
	Pos        source.Pos
	// Nullable says that null is a value besides those of Kind.
	Nullable bool
	// Extra names the Extra of the model that values must satisfy besides; empty
	// for none. That of a declared type is not asked of null.
	Extra string
	// Enum lists the only values; a const is an Enum of one. Only for Boolean,
	// Integer, Number and String. A declared Enum type has more than one value.
	Enum []EnumValue

	Number Numeric // for Integer and Number
	String Text    // for String
	Array  *ArrayOf
	Object *Members // for Object and Map
	Union  *UnionOf
	// Box is the type of what a Box holds: what is to be a message or a variant
	// of a Union, and is no Object.
	Box *Type

	Examples []Example
}

// IsConst reports whether the type has one value only. Generated structs have
// no field for it: it is written on encoding and checked on decoding.
func (t *Type) IsConst() bool { return len(t.Enum) == 1 && !t.Nullable }

// EnumValue is one value of an enum.
type EnumValue struct {
	Name string // identifier, unique in the enum, without the type's name: NameTaken
	JSON string // the value as compact JSON text
	Doc  string
}

// Bound is a limit of a number, as its exact decimal text in the document.
type Bound struct {
	Value     string
	Exclusive bool
}

// Numeric holds the constraints of a number.
type Numeric struct {
	// Format is int32, int64, uint64, float, double, or empty. An Integer without
	// a format is an int64 and a Number without one a float64.
	Format string
	// Exact says that the number is held as it is written, since it may be larger
	// or have more digits than those. Its bounds, and those of a uint64, are
	// checked by the Extra.
	Exact      bool
	Min, Max   *Bound
	MultipleOf string // exact decimal text; empty for none
}

// Text holds the constraints of a string.
type Text struct {
	MinLength int  // in code points
	MaxLength *int // in code points; nil for none
	Pattern   string
	Format    string // date-time, uuid, email, uri, byte …; empty for none
	// Bytes says that the value is no text but bytes: the payload of a binary
	// frame, held by a Box. In JSON it is base64.
	Bytes bool
}

// ArrayOf is what an array holds.
type ArrayOf struct {
	Elem     *Type
	MinItems int
	MaxItems *int
	Unique   bool
}

// Members is what an object holds.
type Members struct {
	Fields []*Field // in document order; empty for a Map
	// Additional is the type of members that no Field declares. Nil means that
	// the schema says nothing about them: they are accepted and not kept, or
	// refused where Closed is set. For a Map it is the type of its values.
	Additional *Type
	Closed     bool // additionalProperties: false
	MinProps   int
	MaxProps   *int
}

// Field is one declared member of an object.
type Field struct {
	Name     string // identifier in generated code
	JSON     string // member name, exactly
	Doc      string
	Type     *Type
	Required bool
	// Recursive says that the field closes a cycle of structs, so that its
	// value must be held by reference.
	Recursive bool
	Default   string // compact JSON text; empty for none
	DefaultAt source.Pos
	ReadOnly  bool
	WriteOnly bool
	Pos       source.Pos
}

// UnionOf is a choice between declared types.
type UnionOf struct {
	Variants []*Variant
	// By tells how the variants are told apart. It is nil where there is at most
	// one, and where a value is read as each variant to see which one fits.
	By *Discriminator
	// First says that of several variants that fit the first one counts. Without
	// it exactly one must fit. It means something only where By is nil.
	First bool
}

// Variant is one choice of a union. A value is of the first variant that it
// passes the tests of, those by kind before those by value and those before
// those by member, which go by their rank. A variant without a test is the one by default: there is one
// at most, and it comes last.
type Variant struct {
	Type *Type
	// Values are the discriminator's values that select this variant, as
	// compact JSON text.
	Values []string
	// Second are the values that the discriminator's second pointer must lead to
	// besides. Empty for any. A variant that has these alone is tested after those
	// with Values or Topics.
	Second []string
	// JSON are the JSON kinds that this variant alone has: null, boolean, number,
	// string, array, object.
	JSON []string
	// Binary says that the variant is a binary frame, which is no JSON and takes no
	// part in the tests.
	Binary bool
	// Topics are the topics with parameters that select this variant, beside
	// Values.
	Topics []*Topic
	// Member is the pointer to a member that this variant requires and no other
	// one of its rank or a later one has.
	Member string
	// Rank is the place of the test of Member among those of the other variants.
	Rank int
}

// Discriminator tells the variants of a union apart.
type Discriminator struct {
	// Pointer is the RFC 6901 pointer to the deciding value, such as /type. The
	// empty one is the value itself. It means nothing where no variant has Values.
	Pointer string
	// Second is the pointer to the second deciding value of rule 3, or empty.
	Second string
	// Rule is the number of the rule of DESIGN.md that found it.
	Rule int
}

// Example is an example value with its place.
type Example struct {
	Name string
	JSON string // compact JSON text
	Pos  source.Pos
}

// Socket is one WebSocket endpoint: all channels that share an address.
type Socket struct {
	Name        string // Room
	Doc         string
	Path        string // /v1/rooms/{roomId}/socket: server pathname and channel address joined
	Params      []*Param
	Address     *Type // the values of Params, an Object; nil for none
	Query       *Type // handshake query, an Object; nil for none
	Headers     *Type // handshake headers, an Object; nil for none
	Subprotocol string
	MaxBytes    int // of one message to the server
	// FlushInterval is the least time between two deliveries to a group of
	// connections, in milliseconds; 0 for none.
	FlushInterval int
	CloseCodes    []CloseCode
	// ToServer and ToClient hold the messages of each direction, replies
	// included, in document order.
	ToServer, ToClient []*Message
	// ServerUnion and ClientUnion are the declared Union types of all messages
	// to the server and to the client. They are never nil; one of a direction
	// without messages has no variants.
	ServerUnion, ClientUnion *Type
	Security                 []Security
	// TopicPointer leads to the member of each frame that holds its topic, and
	// Topics are the channels that share the socket. Both are empty where it has
	// one channel.
	TopicPointer string
	Topics       []*Topic
	Pos          source.Pos
}

// Param is a parameter of an address.
type Param struct {
	Name string // identifier
	JSON string // name in the address
	Type *Type
	Doc  string
	Pos  source.Pos
}

// Message is one message in one direction of a Socket.
type Message struct {
	Name string // PlayerUpdate: the method's name
	Key  string // name in the document
	Doc  string
	Type *Type // payload, an Object or a Box
	// Binary says that the message is a binary frame, whose payload is Type's
	// bytes. A direction has one such message at most.
	Binary bool
	Tag    string // the discriminator's value as compact JSON text: "player.update"
	// Correlation is the field that holds the request's id, nil without one. It
	// is a field of Type itself.
	Correlation *Field
	// Reply is the reply on success and ReplyError the error that may come in
	// its place. Both nil where the message expects no reply.
	Reply, ReplyError *Message
	// IsReply says that the message answers a request whose id it carries.
	IsReply bool
	IsPush  bool // may arrive without a request
	// Topic is the one that the message travels on, where it has parameters.
	Topic *Topic
	// MaxBytes is the message's limit; 0 for one to the client without one.
	MaxBytes int
	Rate     *Rate   // for messages to the server
	Latest   *Latest // for messages to the client; nil means reliable
	FlushNow bool    // does not wait for the flush interval of a group
	// ReconnectAfter is the path of fields to a number: for how many milliseconds
	// the message asks the client to stay away after the connection ends. Nil
	// where it asks for nothing.
	ReconnectAfter []*Field
	Examples       []Example
	Pos            source.Pos
}

// Rate is a token bucket a connection.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Latest is the delivery class that keeps one item a key (x-delivery: latest).
type Latest struct {
	// Items is the path of fields to the array of items: Data, Players.
	Items []*Field
	// Key is the item's field that names its slot.
	Key *Field
}

// CloseCode is one declared close code.
type CloseCode struct {
	Code      int
	Name      string // identifier: Slow
	Doc       string
	Reconnect bool
}

// Security is one way to authenticate the handshake or the connection.
type Security struct {
	Scheme string // name in the document
	Kind   string // http-bearer, http-basic, api-key-query, api-key-header, api-key-cookie, mutual-tls, subprotocol, message
	Name   string // header, query parameter, cookie, subprotocol prefix or message key
	Doc    string
}

// REST is the OpenAPI half of the contract.
type REST struct {
	BasePath   string
	Operations []*Operation // sorted by Name
	Session    *Session     // nil where no security scheme declares x-session
}

// Operation is one OpenAPI operation.
type Operation struct {
	Name   string // CreateUser
	Method string // POST
	Path   string // /users/{userId}
	// PathPos is the place of the path, which several operations may share.
	PathPos source.Pos
	Doc     string
	Params  []*OpParam
	// Body is the type of a body that is JSON or a form, an Object or a Box; nil
	// without one. It holds the fields of a form that are no files.
	Body *Type
	// BodyMedia is the media type of the body: a JSON one or that of a form where
	// Body or Form is set. Otherwise the body is text or bytes. Empty for no body.
	BodyMedia    string
	BodyAlso     []string // further JSON media types that give the same body
	BodyRequired bool     // meaningless without a body
	// Form says how a body is spelled that may come as a form. Nil for others.
	Form      *Form
	Responses []*Response // by status, ranges after it; the default response last with status 0
	Secured   bool
	// QueryKeys are the parameters of the query that hold credentials, which are no
	// Params.
	QueryKeys []string
	Pos       source.Pos
}

// Form is a body of fields: application/x-www-form-urlencoded or
// multipart/form-data.
type Form struct {
	// MediaType is that of the form. It is not the operation's BodyMedia where the
	// same body may come as JSON too.
	MediaType string
	Files     []*FormFile
	// Fields says how fields are spelled that are not spelled by default.
	Fields map[string]FormField
}

// Multipart reports whether the form is one of parts, with a file in each of some.
func (f *Form) Multipart() bool { return f.MediaType == "multipart/form-data" }

// FormField says how a field is spelled.
type FormField struct {
	Separator string // between the elements of a list in one text; empty for none
	JSON      bool
	Deep      bool // the parts of an object are called name[part]
}

// FormFile is a file of a form.
type FormFile struct {
	Name     string // identifier
	JSON     string // name in the form
	Doc      string
	Required bool
	List     bool
}

// OpParam is a parameter of an Operation. Its type is a scalar, a list of
// scalars, or else an Object or a Box.
type OpParam struct {
	Param
	In       string // path, query, header, cookie
	Required bool
	Default  string // compact JSON text; empty for none
	// DefaultAt is the place of the default.
	DefaultAt source.Pos
	// Style is how the value is spelled: form, simple, label, matrix,
	// spaceDelimited, pipeDelimited or deepObject. Explode says that each part of a
	// list or an object is spelled on its own.
	Style   string
	Explode bool
	// Media is the JSON media type of a parameter that is spelled as JSON, empty for
	// one that has a style.
	Media string
}

// Response is one response of an Operation.
type Response struct {
	Status int
	// Range says that the response is for all statuses of the hundred that Status
	// begins: 4XX has the status 400.
	Range     bool
	MediaType string // empty without a body
	Type      *Type  // of a JSON body, an Object or a Box; nil without one
	Headers   []*Param
}

// Session names the operations that start, refresh and end a session
// (x-session of a security scheme), so that the SDK can log in by itself.
type Session struct {
	Create, Refresh *Operation
	End             []*Operation // each ends it where it succeeds
}
