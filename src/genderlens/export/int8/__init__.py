"""INT8 graphs: rounded, proven exact, and judged against FP32."""
