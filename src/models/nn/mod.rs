//! Layers, activations, losses and optimisers shared by the networks.
