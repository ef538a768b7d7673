package treeway_worker

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
)

// answer is what goes out: docs/worker-protocol.md, "Answer rules".
type answer struct {
	status  int
	headers []header
	body    []byte
	// set instead of body where the answer comes piece by piece
	stream stream
}

// invalidAnswer says what a handler returned that can not be sent.
type invalidAnswer string

func (e invalidAnswer) Error() string { return string(e) }

func invalid(format string, parts ...interface{}) error {
	return invalidAnswer(fmt.Sprintf(format, parts...))
}

var envelopeKeys = map[string]bool{
	"status": true, "statusCode": true, "headers": true, "body": true,
	"is_base64": true, "isBase64Encoded": true, "body_base64": true,
}

func toAnswer(value interface{}) (answer, error) {
	if envelope, isObject := toObject(value); isObject {
		if isEnvelope(envelope) {
			return fromEnvelope(envelope)
		}
		if _, isRaw := value.(json.RawMessage); !isRaw {
			value = envelope
		}
	}
	return fromParts(200, nil, value)
}

// toObject sees a map of another type, and a struct, as its JSON: types of one's own can be envelopes too.
func toObject(value interface{}) (object, bool) {
	if envelope, isObject := value.(object); isObject {
		return envelope, envelope != nil
	}
	kind := reflect.ValueOf(value)
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	switch {
	case !kind.IsValid(), toStream(value) != nil:
		return nil, false
	case kind.Kind() == reflect.Map && kind.Type().Key().Kind() == reflect.String:
		envelope := make(object, kind.Len())
		for pairs := kind.MapRange(); pairs.Next(); {
			envelope[pairs.Key().String()] = pairs.Value().Interface()
		}
		return envelope, !kind.IsNil()
	case kind.Kind() == reflect.Struct:
		return toFields(value)
	}
	return nil, false
}

func toFields(value interface{}) (object, bool) {
	data, err := toJSON(value)
	if err != nil || len(data) == 0 || data[0] != '{' {
		return nil, false
	}
	var fields object
	if json.Unmarshal(data, &fields) != nil || !isEnvelope(fields) {
		return nil, false
	}
	return fields, true
}

func isEnvelope(value object) bool {
	if _, isInteger := toInteger(firstOf(value, "status", "statusCode")); isInteger {
		return true
	}
	for key := range value {
		if !envelopeKeys[key] {
			return false
		}
	}
	_, hasBody := value["body"]
	_, hasEncoded := value["body_base64"]
	return hasBody || hasEncoded || isMap(value["headers"])
}

func fromEnvelope(value object) (answer, error) {
	status := 200
	if wanted := firstOf(value, "status", "statusCode"); wanted != nil {
		number, isInteger := toInteger(wanted)
		if !isInteger || number < 200 || number > 599 {
			return answer{}, invalid("status must be a whole number from 200 to 599, received %v", wanted)
		}
		status = number
	}
	body := value["body"]
	encoded := value["body_base64"]
	if encoded == nil && (value["is_base64"] == true || value["isBase64Encoded"] == true) {
		if encoded = body; encoded == nil {
			encoded = ""
		}
	}
	if encoded != nil {
		decoded, err := decodeBase64(encoded)
		if err != nil {
			return answer{}, err
		}
		body = decoded
	}
	return fromParts(status, value["headers"], body)
}

func decodeBase64(value interface{}) ([]byte, error) {
	text, isText := value.(string)
	if isText {
		if data, err := base64.StdEncoding.DecodeString(text); err == nil {
			return data, nil
		}
	}
	return nil, invalid("the body is not base64: %.100v", value)
}

func fromParts(status int, headers, body interface{}) (answer, error) {
	result := answer{status: status, stream: toStream(body)}
	list, err := toHeaders(headers, result.stream != nil)
	if err != nil {
		return result, err
	}
	result.headers = list
	if result.stream != nil {
		return result, nil
	}
	data, contentType, err := toBody(body)
	if err != nil {
		return result, err
	}
	if len(data) > maxBodyBytes {
		return result, invalid("the body has %d bytes, at most %d can be sent", len(data), maxBodyBytes)
	}
	result.body = data
	result.addContentType(contentType)
	return result, nil
}

func (a *answer) addContentType(contentType string) {
	if contentType == "" {
		return
	}
	for _, one := range a.headers {
		if one.name == "content-type" {
			return
		}
	}
	a.headers = append(a.headers, header{name: "content-type", values: []string{contentType}})
}

func firstOf(value object, names ...string) interface{} {
	for _, name := range names {
		if found := value[name]; found != nil {
			return found
		}
	}
	return nil
}

// toInteger takes a number without a fraction for an integer: those of JSON are float64.
func toInteger(value interface{}) (int, bool) {
	switch number := value.(type) {
	case int:
		return number, true
	case float64:
		return int(number), number == math.Trunc(number) && math.Abs(number) < 1<<31
	case json.Number:
		integer, err := number.Int64()
		return int(integer), err == nil
	case nil, string, bool:
		return 0, false
	}
	switch kind := reflect.ValueOf(value); {
	case kind.CanInt():
		return int(kind.Int()), true
	case kind.CanUint():
		if kind.Uint() > math.MaxInt32 {
			return math.MaxInt32, true
		}
		return int(kind.Uint()), true
	case kind.CanFloat():
		return toInteger(kind.Float())
	}
	return 0, false
}

func isMap(value interface{}) bool {
	return reflect.ValueOf(value).Kind() == reflect.Map
}
