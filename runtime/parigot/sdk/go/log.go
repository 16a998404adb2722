package parigot

import (
	"os"
	"strconv"
)

// Debug writes a line; attributes are keys and values in turn.
func Debug(message string, attributes ...any) { logLine("DEBUG", message, attributes) }

// Info writes a line; attributes are keys and values in turn.
func Info(message string, attributes ...any) { logLine("INFO", message, attributes) }

// Warn writes a line; attributes are keys and values in turn.
func Warn(message string, attributes ...any) { logLine("WARN", message, attributes) }

// Error writes a line; attributes are keys and values in turn.
func Error(message string, attributes ...any) { logLine("ERROR", message, attributes) }

func logLine(level, message string, attributes []any) {
	line := make([]byte, 0, 128)
	line = append(line, "level="...)
	line = append(line, level...)
	line = append(line, " msg="...)
	line = strconv.AppendQuote(line, message)
	for at := 0; at < len(attributes); at += 2 {
		line = append(append(line, ' '), plain(attributes[at])...)
		if at+1 < len(attributes) {
			line = append(line, '=')
			if text, quoted := attributes[at+1].(Quoted); quoted {
				line = strconv.AppendQuote(line, string(text))
			} else {
				line = append(line, word(plain(attributes[at+1]))...)
			}
		}
	}
	os.Stderr.Write(append(line, '\n'))
}

// Quoted is text that stands in quotes in a line, whatever is in it.
type Quoted string

// word is the text as it stands in a line: in quotes where it has to be.
func word(text string) string {
	if text == "" {
		return `""`
	}
	for _, letter := range text {
		if letter <= ' ' || letter == '"' || letter == '\\' || letter > '~' {
			return strconv.Quote(text)
		}
	}
	return text
}

func plain(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case Quoted:
		return string(value)
	case interface{ Error() string }:
		return value.Error()
	case interface{ String() string }:
		return value.String()
	case bool:
		return strconv.FormatBool(value)
	case int:
		return strconv.Itoa(value)
	case int32:
		return strconv.FormatInt(int64(value), 10)
	case int64:
		return strconv.FormatInt(value, 10)
	case uint32:
		return strconv.FormatUint(uint64(value), 10)
	case uint64:
		return strconv.FormatUint(value, 10)
	case float64:
		return strconv.FormatFloat(value, 'g', -1, 64)
	case nil:
		return "nil"
	}
	return "?"
}
