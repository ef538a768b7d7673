package treeway_worker

import (
	"bytes"
	"encoding/json"
	"math"
	"sort"
	"strconv"
)

// appendJSON writes what handlers return most, at half the cost of encoding/json and with the same result, only that <, >
// and & stay as they are. Everything else goes there.
func appendJSON(to []byte, value interface{}, depth int) ([]byte, error) {
	// encoding/json finds the circles
	if depth > maxDepth {
		return appendOther(to, value)
	}
	switch value := value.(type) {
	case nil:
		return append(to, "null"...), nil
	case string:
		return appendText(to, value), nil
	case bool:
		return strconv.AppendBool(to, value), nil
	case int:
		return strconv.AppendInt(to, int64(value), 10), nil
	case float64:
		if value == math.Trunc(value) && math.Abs(value) < 1e15 && !(value == 0 && math.Signbit(value)) {
			return strconv.AppendInt(to, int64(value), 10), nil
		}
	case object:
		if value != nil {
			return appendObject(to, value, depth)
		}
	case []interface{}:
		if value != nil {
			return appendList(to, value, depth)
		}
	}
	return appendOther(to, value)
}

func appendObject(to []byte, value object, depth int) ([]byte, error) {
	keys := make([]string, 0, len(value))
	for key := range value {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	to = append(to, '{')
	for at, key := range keys {
		if at > 0 {
			to = append(to, ',')
		}
		to = append(appendText(to, key), ':')
		var err error
		if to, err = appendJSON(to, value[key], depth+1); err != nil {
			return nil, err
		}
	}
	return append(to, '}'), nil
}

func appendList(to []byte, value []interface{}, depth int) ([]byte, error) {
	to = append(to, '[')
	for at, one := range value {
		if at > 0 {
			to = append(to, ',')
		}
		var err error
		if to, err = appendJSON(to, one, depth+1); err != nil {
			return nil, err
		}
	}
	return append(to, ']'), nil
}

func appendOther(to []byte, value interface{}) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return append(to, bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))...), nil
}
